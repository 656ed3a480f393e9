"""The nouns of Varde, frozen and typed; imports nothing of ours."""
