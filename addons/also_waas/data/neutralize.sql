-- A copy of the database must not order or cancel anything at the real marketplace.
UPDATE waas_marketplace
   SET active = false, api_key = NULL, notify_secret = NULL, username = NULL,
       password = NULL;
DELETE FROM waas_marketplace_session;
-- Nor write a sell-out report into the folder that manufacturers fetch from.
DELETE FROM ir_config_parameter WHERE key = 'also_waas.sellout_root';
