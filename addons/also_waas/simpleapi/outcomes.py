"""What became of a call. Each error is a sentence for the person who must act."""


class MarketplaceError(Exception):
    """Why a call got no usable answer."""


class MarketplaceBusy(MarketplaceError):
    """Nothing was done: the same call may succeed later.

    :param retry_after: seconds that the marketplace asks to wait, or None
    :param is_shared: whether other calls would fail for the same reason
    """

    def __init__(self, message, retry_after=None, is_shared=True):
        super().__init__(message)
        self.retry_after = retry_after
        self.is_shared = is_shared


class MarketplaceRefused(MarketplaceError):
    """The marketplace understood the call and refused it: nothing was done, and it
    would refuse it again."""


class MarketplaceMisconfigured(MarketplaceError):
    """User, password, rights or address are wrong: no call works until a person
    acts."""


class MarketplaceInDoubt(MarketplaceError):
    """A change may have been done, or not. There are no idempotency keys: the call must
    not be repeated before the result was read back."""
