"""Home: what is here, the next step, what runs, what happened."""

from dashboard.components import begin
from dashboard.context import current_contents
from dashboard.sections.home import show_activity, show_contents, show_jobs, show_next_step

workspace, user = begin("home")
contents = current_contents()
show_next_step(workspace, contents)
if any(vars(contents).values()):
    show_contents(contents)
show_jobs(workspace)
show_activity(workspace)
