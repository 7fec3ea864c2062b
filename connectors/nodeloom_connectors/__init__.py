"""The connectors that come with Nodeloom: one folder each, standing on `nodeloom_connectors.sdk` alone."""
