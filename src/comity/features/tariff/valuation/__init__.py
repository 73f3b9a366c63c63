"""What imported goods are worth to customs: the WTO Valuation Agreement."""
