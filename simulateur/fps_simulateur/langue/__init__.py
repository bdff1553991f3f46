"""The language of lives: what a YAML file may say."""
