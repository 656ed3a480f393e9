"""Who could do it together: projects and partners from accepted matches."""
