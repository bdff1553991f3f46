"""The generated documents: written from the flow table and the services, compared with what stands in docs/."""
