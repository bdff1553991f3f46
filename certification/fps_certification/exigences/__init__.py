"""What a product must do: one file a flow, read and checked; nothing here says yet whether a product does it."""
