"""How mail servers say that a letter did not arrive, where they do not follow RFC 3464, as data (all lower case)."""

DAEMONS = (
    *("mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "postmaster", "post_master", "mdaemon", "sysadmin"),
    *("mail.delivery.system", "mail-delivery-system", "maildelivery", "bounce", "mta", "admin-daemon", "smtp-daemon"),
    "microsoftexchange",
)
SUBJECTS = (
    *("returned mail", "delivery status notif", "undeliver", "undelivered", "mail delivery", "failure notice"),
    *("delivery failure", "message delivery", "delivery report", "delivery notification", "delivery has failed"),
    *("mail failure", "mail error", "could not be delivered", "not delivered", "failed delivery", "delivery delayed"),
    *("delayed mail", "warning: could not send", "warning: message", "non remis", "non distribu", "échec de la remise"),
    *("échec de remise", "échec de distribution", "echec de", "avis de non-remise", "notification d'état de remise"),
    *("retour de courrier", "retardé", "message retourné", "retour à l'expéditeur", "unzustellbar", "nicht zustellbar"),
    *(
        "zustellung",
        "no se puede entregar",
        "no entregado",
        "no se pudo entregar",
        "mancato recapito",
        "non recapitabile",
    ),
    *("mancata consegna", "onbestelbaar", "niet bezorgd", "niet afgeleverd", "não entregue", "não pôde ser entregue"),
    *(
        "falha na entrega",
        "mail system error",
        "メールエラー",
        "user unknown",
        "недоставл",
        "не доставлено",
        "boîte pleine",
    ),
)
FAILED_PHRASES = (
    *(
        "could not be delivered",
        "couldn't be delivered",
        "cannot be delivered",
        "not be delivered",
        "was not delivered",
    ),
    *("wasn't delivered", "not delivered", "wasn't able to deliver", "unable to deliver", "undeliverable"),
    *(
        "delivery to the following",
        "delivery failed",
        "failed permanently",
        "permanent error",
        "permanent fatal errors",
    ),
    *("permanent delivery errors", "fatal errors", "had delivery problems", "had delivery errors", "failure reasons"),
    *("error delivering your mail", "error has occurred while attempting to deliver", "delivery has failed"),
    *(
        "unknown user",
        "user unknown",
        "no such user",
        "mailbox unavailable",
        "invalid user address",
        "exceeds allowed size",
    ),
    *(
        "mailbox is full",
        "over quota",
        "no valid recipients",
        "not listed in",
        "rejected your message",
        "was aborted after",
    ),
    *(
        "has been rejected",
        "did not reach",
        "failed to deliver",
        "undelivered",
        "user doesn't have",
        "recipient rejected",
    ),
    *("address couldn't be found", "message blocked", "message not delivered", "unrouteable address", "host unknown"),
    *(
        "n'a pas pu être remis",
        "n'a pas été remis",
        "n'a pu être remis",
        "n'a pas pu être distribué",
        "n'a pas été distribué",
    ),
    *(
        "n'a pas pu être délivré",
        "impossible de remettre",
        "impossible de distribuer",
        "échec de la remise",
        "n'existe pas",
    ),
    *("échec définitif", "adresse introuvable", "erreur permanente", "boîte aux lettres pleine", "utilisateur inconnu"),
    *("konnte nicht zugestellt", "nicht zugestellt werden", "unzustellbar", "unbekannter empfänger", "postfach voll"),
    *("no se pudo entregar", "no se ha podido entregar", "no ha podido ser entregado", "no se puede entregar"),
    *("kon niet worden bezorgd", "niet worden afgeleverd", "onbestelbaar", "impossibile recapitare"),
    *("non è stato recapitato", "non è stato possibile", "não foi entregue", "não pôde ser entregue"),
    *("送信できません", "送信に失敗", "届けできません", "リストにありません", "не может быть доставлено", "無法投遞"),
    *("temporary fatal errors", "smtp error from remote", "did not like", "does not like recipient", "said: 5"),
)
DELAY_PHRASES = (
    *("has been delayed", "is delayed", "not yet been delivered", "still being retried", "will be retried"),
    *("will continue to try", "will keep trying", "delivery attempts will continue", "no action is required"),
    *("you do not need to resend", "not need to resend", "delivery delayed", "delayed mail", "warning message only"),
    *("still trying", "could not send message for past", "delivery incomplete", "temporary problem delivering"),
    *("gmail will retry", "n'a pas encore été remis", "a été retardé", "est retardé", "nouvelles tentatives"),
    *(
        "n'avez pas besoin de renvoyer",
        "verzögert",
        "noch nicht zugestellt",
        "se ha retrasado",
        "aún no se ha entregado",
    ),
    *("vertraagd", "in ritardo", "è in ritardo", "atrasad", "could not deliver the message in the last"),
)
# The address itself is dead: nobody is there, or the domain is not.
DEAD_PHRASES = (
    *("user unknown", "unknown user", "no such user", "user not found", "unknown recipient", "recipient unknown"),
    *(
        "does not exist",
        "doesn't exist",
        "no mailbox here",
        "no such mailbox",
        "mailbox not found",
        "mailbox unavailable",
    ),
    *("invalid recipient", "invalid user", "invalid mailbox", "unknown address", "address unknown"),
    *("no such recipient", "not a valid mailbox", "no such address", "unknown local part", "unknown local-part"),
    *(
        "host unknown",
        "unknown host",
        "domain not found",
        "name or service not known",
        "no such domain",
        "host not found",
        "domain name not found",
    ),
    *("unrouteable address", "unrouteable mail domain", "not listed in", "no longer", "has moved", "nxdomain"),
    *("address couldn't be found", "email account that you tried to reach", "account is unavailable", "doesn't have a"),
    *("n'existe pas", "utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "adresse introuvable"),
    *("recipientnotfound", "not found by smtp address lookup", "user is unknown"),
    *("existiert nicht", "unbekannter empfänger", "onbekende gebruiker", "no valid recipients", "name server loop"),
    *("this address no longer accepts mail", "couldn't find any host", "does not accept mail", "null mx", "nullmx"),
)
# Codes with a plain meaning (RFC 3463 section 3.2, IANA SMTP enhanced status codes).
DEAD_STATUS = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.4.310"})
# Somebody is there, with too much mail.
FULL_PHRASES = (
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded quota",
    "mailbox full",
    "mailbox is full",
    "boîte pleine",
)
# The trouble is our own address.
SENDER_PHRASES = ("sender address rejected", "sender rejected", "sender domain", "invalid sender", "sender verify")
ALIVE_PHRASES = (
    *("spam", "blocked", "blacklist", "blocklist", "policy", "reputation", "quota", "full", "too large", "size limit"),
    *(
        "authentication",
        "unauthenticated",
        "dmarc",
        "spf",
        "dkim",
        "relaying",
        "relay access",
        "relay denied",
        "ptr",
        "reverse dns",
        "virus",
        "rate limit",
    ),
    *(
        "too many",
        "disabled",
        "suspended",
        "media error",
        "message too",
        "timed out",
        "expired",
        "loop",
        "denied",
        "not accepted",
    ),
)
# Where the returned letter begins in a report that is one plain text.
RETURNED_PHRASES = (
    *("below this line is a copy", "copy of the message", "copy of the original", "original message follows"),
    *("original message", "returned message", "message headers follow", "header of the original", "original mail as"),
    *("headers of the message", "unsent message", "original text", "the message headers", "message header"),
    *("copie du message", "message d'origine", "en-tête du message", "non-delivered information"),
)
