"""Routes of WADO-RS."""

from django.urls import path

from . import dicomweb

app_name = "dicomweb"
SERIES = "studies/<str:study>/series/<str:series>/"
INSTANCE = f"{SERIES}instances/<str:instance>/"
urlpatterns = [
    path(f"{SERIES}metadata", dicomweb.series_metadata, name="series_metadata"),
    path(f"{INSTANCE}metadata", dicomweb.instance_metadata, name="instance_metadata"),
    path(f"{INSTANCE}frames/<int:number>", dicomweb.frame, name="frame"),
    path(f"{INSTANCE}thumbnail", dicomweb.thumbnail, name="thumbnail"),
]
