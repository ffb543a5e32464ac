"""Faults as the real server writes them: XML, in one of two shapes."""

from xml.sax.saxutils import escape

PLATFORM = "http://schemas.datacontract.org/2004/07/Nervogrid.Platform.API"
SHAPES = {
    "A": "http://schemas.microsoft.com/ws/2005/05/envelope/none",
    "B": "http://www.w3.org/2003/05/soap-envelope",
}


class RefusedError(Exception):
    """The server refuses a call; the message is all that it says."""

    is_session_expired = False


class SessionExpiredError(RefusedError):
    is_session_expired = True


def write_fault(error, shape="A", issue="T-4711"):
    """:return: bytes of the XML"""
    message = escape(str(error))
    return (
        f'<Fault xmlns="{SHAPES[shape]}"><Code><Value>Sender</Value></Code>'
        f'<Reason><Text xml:lang="en-US">{message}</Text></Reason><Detail>'
        f'<ServiceException xmlns="{PLATFORM}">'
        f"<IsSessionExpired>{str(error.is_session_expired).lower()}</IsSessionExpired>"
        f"<IssueToken>{issue}</IssueToken><Message>{message}</Message>"
        "</ServiceException></Detail></Fault>"
    ).encode()
