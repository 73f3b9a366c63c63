"""How an exchange is kept going: recovery after a restore, what could not be delivered, what had no room."""
