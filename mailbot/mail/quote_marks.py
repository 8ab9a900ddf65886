"""How mail programs announce quoted letters, signatures and small print, by language, as data (all lower case)."""

# "On 3 March Ada wrote:" - how such a line begins and which verb it ends with.
OPENERS: dict[str, tuple[str, ...]] = {
    "en": ("on", "in a message dated"),
    "fr": ("le", "en date du"),
    "de": ("am",),
    "es": ("el",),
    "nl": ("op",),
    "it": ("il", "in data"),
    "pt": ("em", "no dia"),
    "others": ("den", "på", "w dniu", "dnia", "dne", "dana", "vào", "pe", "il giorno", "ons", "ti", "у", "в"),  # noqa: RUF001 - Russian prepositions
}
WROTE: dict[str, tuple[str, ...]] = {
    "en": ("wrote", "writes", "sent", "said", "has written"),
    "fr": ("a écrit", "a ecrit", "écrit", "a écrit ce qui suit", "a répondu"),
    "de": ("schrieb", "hat geschrieben", "schreibt"),
    "es": ("escribió", "escribio", "ha escrito"),
    "nl": ("schreef", "geschreven", "schreef het volgende"),
    "it": ("ha scritto", "scrive", "scritto"),
    "pt": ("escreveu", "a escrit", "va escriure"),
    "others": (
        "skrev",
        "napisał",
        "napisał(a)",
        "pisze",
        "napsal",
        "napsal(a)",
        "napisala je",
        "napisao je",
        "a scris",
        "đã viết",
        "написал",
        "пишет",
        "kirjoitti",
        "写道",
        "のメール",
    ),
}
DAYS_AND_MONTHS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march"),
    *("april", "june", "july", "august", "september", "october", "november", "december", "mon", "tue", "tues", "wed"),
    *(
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
    ),
    *(
        "oct",
        "nov",
        "dec",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "lun",
        "mer",
        "jeu",
    ),
    *("ven", "sam", "dim", "janvier", "janv", "février", "févr", "mars", "avril", "avr", "mai", "juin", "juillet"),
    *("juil", "août", "aout", "septembre", "octobre", "novembre", "décembre", "déc", "montag", "dienstag", "mittwoch"),
    *("donnerstag", "freitag", "samstag", "sonntag", "mo", "di", "mi", "do", "fr", "sa", "so", "lunes", "martes"),
    *("miércoles", "jueves", "viernes", "sábado", "domingo", "mié", "jue", "vie", "sáb", "dom", "maandag", "dinsdag"),
    *("woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "ma", "wo", "vr", "za", "zo", "lunedì", "martedì"),
    *("mercoledì", "giovedì", "venerdì", "sabato", "domenica", "gio", "sab", "segunda", "segunda-feira", "terça"),
    *("terça-feira", "quarta", "quarta-feira", "quinta", "quinta-feira", "sexta", "sexta-feira", "seg", "ter", "qua"),
    *("qui", "sex", "man", "tir", "ons", "tor", "lør", "søn", "pon", "wt", "śr", "czw", "pt", "sob"),
    *("пн", "вт", "ср", "чт", "пт", "сб", "вс"),  # noqa: RUF001 - Russian weekdays
)

# The header that Outlook and others copy above the quoted letter: field names by meaning.
HEADER_NAMES: dict[str, tuple[str, ...]] = {
    "from": (
        *(
            "from",
            "de",
            "von",
            "van",
            "da",
            "från",
            "fra",
            "od",
            "od:",
            "expéditeur",
            "发件人",
            "差出人",
            "от",
            "lähettäjä",
        ),
        *("remitente", "mittente", "reply-to", "répondre à"),
    ),
    "date": (
        *(
            "date",
            "sent",
            "envoyé",
            "envoyé le",
            "envoye",
            "date d'envoi",
            "message du",
            "gesendet",
            "datum",
            "verzonden",
        ),
        *(
            "enviado",
            "enviado el",
            "enviado em",
            "enviada",
            "enviada em",
            "fecha",
            "inviato",
            "data",
            "skickat",
            "sendt",
        ),
        *("wysłano", "发送时间", "日期", "送信日時", "дата", "dato", "lähetetty", "received", "reçu", "sent at"),
    ),
    "to": (
        *("to", "à", "a", "an", "aan", "para", "til", "till", "do", "pour", "destinataire", "收件人", "宛先", "кому"),
        *("vastaanottaja", "at", "per"),
    ),
    "subject": (
        *("subject", "objet", "sujet", "betreff", "onderwerp", "asunto", "oggetto", "assunto", "ämne", "emne", "temat"),
        *("主题", "件名", "тема", "aihe"),
    ),
    "cc": ("cc", "copie à", "copie", "kopie", "kopia", "抄送", "copia", "bcc", "cci", "importance", "priorité"),
}

# Between rules: "----- Original Message -----". A forwarded letter is not the writer's own words either.
SEPARATORS = (
    *("original message", "reply message", "original appointment", "forwarded message", "begin forwarded message"),
    *("message d'origine", "message original", "message d\u2019origine", "message initial", "message transféré"),
    *(
        "mail original",
        "courriel original",
        "e-mail original",
        "mail d'origine",
        "mail transféré",
        "courriel transféré",
    ),
    *(
        "e-mail transféré",
        "message réexpédié",
        "original mail",
        "original e-mail",
        "originele bericht",
        "correo original",
    ),
    *("mensagem reencaminhada", "ursprüngliche mail", "original-mail", "e-mail original"),
    *("début du message transféré", "début du message réexpédié", "message transmis", "ursprüngliche nachricht"),
    *("originalnachricht", "original-nachricht", "antwort nachricht", "weitergeleitete nachricht", "anfang der weiter"),
    *("mensaje original", "mensaje reenviado", "oorspronkelijk bericht", "oorspronkelijke bericht"),
    *("doorgestuurd bericht", "messaggio originale", "messaggio inoltrato", "mensagem original"),
    *(
        "mensagem encaminhada",
        "oprindelig meddelelse",
        "oprindelig besked",
        "ursprungligt meddelande",
        "opprinnelig melding",
    ),
    *("wiadomość oryginalna", "пересылаемое сообщение", "исходное сообщение", "原始邮件", "转发的邮件"),
)

# The one line that a telephone or a program signs with: how it begins, and a word it must also have ("Sent from my
# account yesterday" is a person). What follows it is no longer typed by anyone.
DEVICE_SIGNATURES = (
    *(
        "sent from",
        "sent via",
        "sent with",
        "sent using",
        "get outlook",
        "get bluemail",
        "get typeapp",
        "envoyé de",
        "envoyé d'un",
    ),
    *("envoyé depuis", "envoyé à partir d", "envoyé avec", "envoyé via", "envoyé par", "envoye de", "envoye depuis"),
    *("télécharger outlook", "télécharge outlook", "téléchargez outlook", "obtenez outlook", "obtenir outlook"),
    *("obtenga outlook", "diese nachricht wurde von", "diese e-mail wurde von"),
    *("provenance : courrier", "von mein", "gesendet von", "gesendet mit", "outlook für", "holen sie sich outlook"),
    *("enviado desde", "enviado do", "enviado da", "enviado de", "enviado con", "enviado com", "enviado via"),
    *("obtener outlook", "obter o outlook", "inviato da", "inviato con", "scarica outlook", "ottieni outlook"),
    *("verstuurd v", "verzonden v", "verzonden met", "verstuurd met", "outlook voor", "skickat från", "sendt fra"),
    *("lähetetty", "wysłane z", "отправлено с", "发自我的"),  # noqa: RUF001 - Russian
)
DEVICES = (
    *("iphone", "ipad", "ipod", "ios", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "wiko", "mobile"),
    *("téléphone", "telephone", "smartphone", "my phone", "cellulaire", "portable", "tablette", "tablet", "outlook"),
    *("gmail", "yahoo", "proton", "blackberry", "nokia", "htc", "sony", "motorola", "moto g", "windows", "pixel"),
    *("oneplus", "oppo", "honor", "fairphone", "bluemail", "typeapp", "sparrow", "acompli", "airmail", "spark"),
    *("superhuman", "thunderbird", "mailbird", "messagerie orange", "mail orange", "application sfr", "la poste mail"),
    *(
        "mobiltelefon",
        "handy",
        "teléfono",
        "móvil",
        "celular",
        "telemóvel",
        "telefono",
        "telefoon",
        "toestel",
        "hey.com",
    ),
    *("gmx", "mymail", "uol mail", "workspace one", "boxer", "k-9", "k9", "mailo", "web.de", "t-online", "libero"),
    *("verizon", "at&t", "t-mobile", "messagerie sécurisée"),
    *("appareil", "zimbra", "mutt", "hushmail", "fastmail", "tutanota", "canary", "edison", "zoho mail", "icloud"),
)

# How small print begins, and words one of which its paragraph must have too. Only that paragraph goes.
DISCLAIMERS = (
    *("this email and any", "this e-mail and any", "this message and any", "this email is confidential"),
    *(
        "this e-mail is confidential",
        "this message is confidential",
        "this message is intended",
        "this e-mail is intended",
    ),
    *("this email is intended", "this message contains confidential", "this email contains confidential"),
    *("the information contained in this", "the information in this e", "confidentiality notice", "disclaimer:"),
    *("please consider the environment", "think before you print", "if you are not the intended recipient"),
    *("if you have received this", "virus-free", "this email has been scanned", "this email has been checked"),
    *("ce message et toutes", "ce message et ses", "ce message et les", "ce courriel et toutes", "ce courriel et ses"),
    *("ce courriel et les", "ce courriel est confidentiel", "ce message est confidentiel", "ce message est destiné"),
    *("ce courriel est destiné", "ce courriel peut contenir", "ce message peut contenir", "ce message contient des"),
    *("ce courriel contient des", "ce message (y compris", "ce courriel (y compris", "ce mail et", "cet e-mail et"),
    *(
        "cet e-mail est confidentiel",
        "avis de confidentialité",
        "avis : ce",
        "avis important",
        "les informations contenues",
    ),
    *(
        "l'information contenue dans",
        "l'information apparaissant dans",
        "si vous avez reçu ce",
        "si vous n'êtes pas le",
    ),
    *("n'imprimez", "pensez à l'environnement", "avant d'imprimer", "merci de ne pas imprimer", "devez-vous vraiment"),
    *(
        "l'absence de virus",
        "garanti sans virus",
        "cet e-mail a été vérifié",
        "diese e-mail enthält",
        "diese nachricht enthält",
    ),
    *("diese e-mail kann", "der inhalt dieser", "este mensaje y", "este mensaje puede", "este correo electrónico"),
    *("la información contenida", "le informazioni contenute", "questo messaggio", "persone diverse dal destinatario"),
    *("se ricevete questo messaggio", "dit bericht is", "de informatie in dit", "deze e-mail is", "esta mensagem"),
    *("as informações contidas", "este e-mail pode", "este e-mail e"),
)

SMALL_PRINT_WORDS = (
    *("confiden", "destinat", "recipient", "virus", "intended", "disclos", "privileg", "environment", "environnement"),
    *("imprim", "print", "vertraulich", "empfänger", "riservat", "vertrouwelijk", "geadresseerde", "antivirus"),
)

# Words that only small print has: a letter that begins with itself is small print only where one of them follows.
SECRET_WORDS = (
    *("confidenti", "confidenci", "destinatai", "destinatari", "recipient", "addressee", "privileged", "vertraulich"),
    *("empfänger", "riservat", "vertrouwelijk", "geadresseerde", "secret professionnel", "unauthori", "non autoris"),
)

# A warning that the receiver's own server puts on top, and a word it must have. Only that line goes.
BANNERS = (
    *("[external", "external email", "caution: external", "caution: this email", "warning: external", "[ext]"),
    *("you don't often get email from", "some people who received this message", "attention : courriel externe"),
    *("courriel externe", "[externe", "[courriel externe", "attention : ce courriel", "attention: ce message provient"),
    *("attention : ce message provient", "vous ne recevez pas souvent", "mail externe", "message externe"),
    *("ce message provient de l'extérieur", "this message was sent from outside", "this email originated from outside"),
    *("vous n'obtenez pas souvent d'e-mail", "externe e-mail"),
)

BANNER_WORDS = ("extern", "outside", "often", "souvent", "extérieur", "[ext]")

# What mail programs write into their HTML. Elements to drop, then elements after which all is quoted.
HTML_QUOTE_CLASSES = frozenset(
    {
        *("gmail_attr", "gmail_signature", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "moz-signature"),
        *("zmail_extra", "tutanota_quote", "moz-forward-container", "protonmail_signature_block", "hey-quote"),
        *("outlook-mobile-signature", "ms-outlook-mobile-signature", "ymail_android_signature", "iosymail"),
        *("gmail_signature_prefix", "mail-quote-collapse", "wordsection1-quote", "mailbird_quote", "freshdesk_quote"),
    }
)
HTML_QUOTE_IDS = frozenset(
    {
        *("signature", "ms-outlook-mobile-signature", "ymail_android_signature", "reply-intro", "isforwardcontent"),
        *("yahoo_quoted", "protonmail_mobile_signature_block", "applemailsignature", "bodysignature"),
    }
)
HTML_QUOTE_NAMES = frozenset({"messagesignaturesection", "messagereplysection", "quoted-content"})
HTML_CUT_IDS = frozenset(
    {
        *("divrplyfwdmsg", "appendonsend", "olk_src_body_section", "mail-editor-reference-message-container"),
        *("stopspelling", "ms-outlook-mobile-body-separator-line", "isreplycontent", "zwchr"),
    }
)
