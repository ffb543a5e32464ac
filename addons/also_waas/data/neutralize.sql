-- A copy of the database must not order or cancel anything at the real marketplace.
UPDATE waas_marketplace SET active = false, api_key = NULL, notify_secret = NULL;
