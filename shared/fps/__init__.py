"""The common language of the ecosystem: parties, flows, messages, dated law; the machinery in fps.kit."""
