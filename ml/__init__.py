"""Pure machine-learning code: arrays and files in, arrays and dataclasses out.

Nothing here knows Django, Celery or settings. TensorFlow is imported only by
`backbones`, `heads`, `explain` and `train`; everything else works without it.
"""
