"""Routes of background work and the audit trail."""

from django.urls import path

from . import views

app_name = "common"
urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:pk>/status/", views.job_status, name="job_status"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("audit/", views.audit_trail, name="audit"),
]
