"""Entry summary declarations for safety and security: IE315 and its amendment IE313, CC315A and CC313A (ICS)."""
