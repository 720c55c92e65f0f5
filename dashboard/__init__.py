"""Where it meets: the app, its use cases, jobs and the command line.

Numerical libraries read how many threads to use when they are first loaded, so that is settled here. Matrices
here are small: threads of their own that wait busily for each other made one step 200 times slower. What gains
from threads (text vectors) asks for them itself.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
