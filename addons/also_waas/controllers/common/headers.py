# Of pages whose address carries a secret: keep it out of caches and other sites' logs.
PRIVATE_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
)
