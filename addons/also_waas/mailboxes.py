"""The mailbox of an address: one person can write it in many ways."""

# Domains of one provider: an address at one is an address at the others.
SAME_DOMAINS = dict.fromkeys(
    ("gmail.com", "googlemail.com"), ("gmail.com", "googlemail.com")
)
# Domains at which anyone can have an address: a shared one proves nothing.
PUBLIC_DOMAINS = frozenset(
    (
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.nl",
        "hotmail.com",
        "hotmail.nl",
        "live.com",
        "live.nl",
        "msn.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "proton.me",
        "protonmail.com",
        "kpnmail.nl",
        "ziggo.nl",
        "planet.nl",
        "xs4all.nl",
        "home.nl",
        "telfort.nl",
        "telenet.be",
        "skynet.be",
    )
)


def get_domains(email):
    """The domains at which an address reaches the same mailbox.

    :return: tuple of domains
    """
    domain = email.rpartition("@")[2]
    return SAME_DOMAINS.get(domain, (domain,))


def get_mailbox(email):
    """The mailbox of an address, in any spelling: what follows a plus sign is a label,
    and Google ignores dots.

    :param str email: normalized address
    :return: the address of the mailbox
    """
    name, _at, domain = email.lower().rpartition("@")
    name = name.partition("+")[0]
    if domain in SAME_DOMAINS:
        name, domain = name.replace(".", ""), SAME_DOMAINS[domain][0]
    return f"{name}@{domain}"
