"""Odoo's caches of methods (`ormcache`), kept from one test to the next.

Odoo empties them all after every test and every class, and a good part of a suite's
time is spent on filling them again: access rights, views, compiled templates. In
production they live on as long as nobody invalidates them, also when a transaction is
rolled back. So it is here: what a test or a class invalidated becomes what it was
before; the rest stays.
"""

from odoo.orm import registry as registries
from odoo.tests.common import TransactionCase

_CONTAINERS = registries._CACHES_BY_KEY


class _Frame:
    """What the caches held when a class or a test began."""

    def __init__(self, caches):
        self.before = {name: cache.snapshot for name, cache in caches.items()}
        self.invalidated = set()


class KeptCaches:
    """The frames of the class and of the test at work."""

    def __init__(self):
        self.frames = []
        self.is_cleaning_up = False

    def install(self):
        self._wrap_registry()
        self._wrap_set_up()

    def _wrap_registry(self):
        clear_cache = registries.Registry.clear_cache
        clear_all_caches = registries.Registry.clear_all_caches
        set_up_models = registries.Registry._setup_models__

        def noted_clear_cache(registry, *names):
            clear_cache(registry, *names)
            self.note(names or ("default",))

        def noted_clear_all_caches(registry):
            if self.is_cleaning_up:
                return
            clear_all_caches(registry)
            self.note(_CONTAINERS)

        def noted_set_up_models(registry, *args, **kwargs):
            # What was cached, as domains, may hold fields that are no more.
            self.forget()
            set_up_models(registry, *args, **kwargs)

        registries.Registry.clear_cache = noted_clear_cache
        registries.Registry.clear_all_caches = noted_clear_all_caches
        registries.Registry._setup_models__ = noted_set_up_models

    def _wrap_set_up(self):
        """The clean-up is first in, last out: it goes by what Odoo's own left."""
        set_up_class = TransactionCase.setUpClass.__func__
        set_up = TransactionCase.setUp

        def kept_set_up_class(cls):
            cls.addClassCleanup(self.leave, self.enter())
            set_up_class(cls)
            cls.addClassCleanup(self.clean_up)

        def kept_set_up(test):
            test.addCleanup(self.leave, self.enter())
            set_up(test)
            test.addCleanup(self.clean_up)

        TransactionCase.setUpClass = classmethod(kept_set_up_class)
        TransactionCase.setUp = kept_set_up

    def enter(self):
        self.frames.append(_Frame(_get_caches()))
        return len(self.frames)

    def clean_up(self):
        self.is_cleaning_up = True

    def note(self, names):
        invalidated = {cache for name in names for cache in _CONTAINERS[name]}
        for frame in self.frames:
            frame.invalidated |= invalidated

    def forget(self):
        for frame in self.frames:
            frame.before = dict.fromkeys(frame.before, {})
            frame.invalidated |= set(frame.before)

    def leave(self, depth):
        """End a class or a test, and whatever it did not end itself."""
        self.is_cleaning_up = False
        caches = _get_caches()
        frame = self.frames[depth - 1]
        del self.frames[depth - 1 :]
        for name in frame.invalidated:
            caches[name].clear()
            for key, value in frame.before[name].items():
                caches[name][key] = value


def _get_caches():
    from odoo.tests.common import get_db_name

    return registries.Registry(get_db_name())._Registry__caches
