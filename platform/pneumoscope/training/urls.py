"""Routes of training."""

from django.urls import path

from . import views

app_name = "training"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("start/", views.start, name="start"),
    path("runs/<uuid:key>/", views.run, name="run"),
    path("jobs/", views.job_states, name="job_states"),
]
