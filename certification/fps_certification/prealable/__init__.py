"""What is looked at before a plan is played: what fails here is a matter of configuration or of network, never a fault of the product."""
