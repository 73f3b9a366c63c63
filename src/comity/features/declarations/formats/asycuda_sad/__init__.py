"""The single administrative document of ASYCUDA World (UNCTAD), as its users export and import it in XML."""
