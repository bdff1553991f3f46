"""The letters to an editor: where they go, their boxes, the postman, their signature, and how they are pulled."""
