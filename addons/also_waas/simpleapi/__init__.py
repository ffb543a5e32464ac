"""ALSO's SimpleAPI, spoken as the vendor describes it: no database, no environment.

:mod:`.profile` holds whatever the description leaves open; :mod:`.client` is the one
door through which every call goes; :mod:`.outcomes` says what became of it.
"""
