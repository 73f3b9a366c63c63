"""What arrives at customs from day to day when traders behave, cheat and adapt? A columnar world with its truth."""

from comity.entrypoints.demo.world.simulation.simulation import Day, DeclarationUnknown, Examined, Simulation

__all__ = ["Day", "DeclarationUnknown", "Examined", "Simulation"]
