"""What may happen to the espace of a collectivité: asked for, opened, settled; its conventions, its certificates, its agents."""
