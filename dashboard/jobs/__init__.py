"""Long work: pages and commands ask for it here; ``dashboard.jobs.working`` is the process that does it."""

from dashboard.jobs.asking import cancel, create_job_store, enqueue, status

__all__ = ["cancel", "create_job_store", "enqueue", "status"]
