"""Reports: a campaign from its brief to what left."""
