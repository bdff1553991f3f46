"""Who may speak for a collectivité: identities, habilitations, deposits of certificates, refusals; pure."""
