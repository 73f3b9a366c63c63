"""NCTS transit messages (common transit convention, UCC-DA Annex B; phase 5 and 6), in XML and as their JSON twins."""
