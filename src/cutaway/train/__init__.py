"""Training the built-in model: ``cutaway train sort``.

* ``task``: what is learned, and every question that can be asked
* ``descent``: weights and optimizer, one step, the exam, checkpoints
* ``sort``: the whole training, from an empty folder to a model that loads
* ``terminal``: its progress bar and final table
"""

from cutaway.train.sort import Progress, Report, TrainingStopped, train_sort

__all__ = ["Progress", "Report", "TrainingStopped", "train_sort"]
