"""Routes of the dashboards."""

from django.urls import path

from . import views

app_name = "dashboard"
urlpatterns = [
    path("models/", views.models, name="models"),
    path("collection/", views.collection, name="collection"),
    path("agreement/", views.agreement, name="agreement"),
]
