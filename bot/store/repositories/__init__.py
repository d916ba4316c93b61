"""The ports' repositories, one file each. They neither begin nor end transactions."""
