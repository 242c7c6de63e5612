"""What is generated from the contracts and the settings, and compared in the check."""
