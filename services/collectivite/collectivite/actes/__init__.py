"""What the town does to a case file, whoever asks for it: a person, a letter, a day that comes."""
