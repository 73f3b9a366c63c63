"""Who read which partner record for which purpose, and when? (WTO TFA Article 12.5.1(e))"""
