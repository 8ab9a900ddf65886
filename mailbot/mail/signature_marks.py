"""How people sign, as data: small letters without accents or signs; a star stands for the rest of a word."""

CLOSINGS = (
    *("cordialement", "bien cordialement", "tres cordialement", "cdt", "cdlt", "bien a vous", "bien a toi", "bises"),
    *("salutations", "meilleures salutations", "sinceres salutations", "respectueusement", "amicalement", "amities"),
    *("bonne journee", "bonne soiree", "bonne reception", "belle journee", "bon week end", "a bientot", "merci"),
    *("merci d avance", "merci bcp", "merci beaucoup", "avec mes remerciements", "en vous remerciant", "a vous"),
    *("kind regards", "best regards", "warm regards", "regards", "best", "best wishes", "all the best", "sincerely"),
    *("yours sincerely", "yours faithfully", "yours truly", "yours", "many thanks", "thanks", "thank you", "thx"),
    *("cheers", "thanks again", "with thanks", "kindest regards", "respectfully", "take care", "rgds", "kr", "br"),
    *("mit freundlichen grussen", "freundliche grusse", "viele grusse", "beste grusse", "liebe grusse", "mfg", "vg"),
    *("herzliche grusse", "grusse", "gruss", "danke", "vielen dank", "schone grusse", "mit besten grussen", "lg"),
    *("un saludo", "saludos", "saludos cordiales", "un cordial saludo", "atentamente", "cordialmente", "gracias"),
    *("un abrazo", "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "groet", "groeten"),
    *("hartelijke groet", "bedankt", "alvast bedankt", "mvg", "cordiali saluti", "distinti saluti", "saluti"),
    *("un saluto", "grazie", "com os melhores cumprimentos", "cumprimentos", "melhores cumprimentos", "obrigado"),
    *("obrigada", "atenciosamente", "abraco", "um abraco"),
)
GREETINGS = (
    *("bonjour", "bonsoir", "salut", "hello", "hi", "hey", "dear", "cher", "chere", "hallo", "guten tag", "hola"),
    *("buenos dias", "buongiorno", "ciao", "goedendag", "goedemorgen", "beste", "bom dia", "boa tarde", "ola"),
    *("good morning", "good afternoon", "monsieur", "madame", "sehr geehrte*"),
)
TITLES = frozenset(
    {
        *("m", "mr", "mrs", "ms", "mme", "mlle", "dr", "dre", "pr", "prof", "me", "maitre", "herr", "frau", "sr"),
        *("sra", "dott", "ing", "i", "a", "p", "o"),
    }
)
PARTICLES = frozenset(
    {
        *("de", "du", "des", "la", "le", "van", "von", "der", "den", "di", "da", "do", "dos", "et", "and", "y"),
        *("e", "und", "en"),
    }
)
POSTSCRIPTS = ("ps", "p s", "nb", "n b", "edit")

# Somebody speaks: a pronoun, money, an emergency, an end, somebody else to write to.
SPEAKING = (
    *("je", "j", "nous", "on", "vous", "tu", "c", "ca", "we", "you", "he", "she", "they", "ich", "wir"),
    *("ik", "wij", "virement*", "paye*", "paie*", "pay", "paid", "pays", "regle*", "facture*", "invoice"),
    *("invoices", "cheque", "cheques", "check", "checks", "transfer*", "wire", "wired", "settle", "settled", "sent"),
    *("envoye*", "owe", "due", "conteste*", "disputed", "bezahlt", "uberwiesen", "betaald", "pagado"),
    *("pagada", "pagato", "pagata", "pago", "paguei", "rechnung", "factura", "fattura", "fatura", "factuur"),
    *("hospitalise*", "hospitalize*", "decede*", "malade", "alite*", "arret maladie", "en deuil", "sick leave"),
    *("passed away", "funeral", "jusqu", "until", "contacte*", "voyez", "voir", "ecri*", "appele*", "adresse*"),
    *("write", "call", "ask", "please", "wenden", "remplac*", "replac*"),
)

# Sentences that stand in signatures for years.
STANDING = (
    *("work flexibl", "working flexibl", "my working", "my normal working", "hours of work", "non working day"),
    *("not expect a reply", "not expect any reply", "not expect a response", "out of the office on"),
    *("i do not work on", "we do not work on", "follow us", "find us", "visit us", "part time", "suivez", "retrouvez"),
    *("visitez", "horaires", "temps partiel", "travaille du", "travaille le", "travaille pas le", "prenez rendez"),
    *("book a", "book your", "we are open", "nous sommes ouvert", "bureaux sont ferme", "bureaux seront ferme"),
    *("consider the environment", "avant d imprimer", "think before", "pensez a", "l environnement", "he him"),
    *("she her", "they them", "unceded", "non cede", "acknowledge the traditional"),
)
