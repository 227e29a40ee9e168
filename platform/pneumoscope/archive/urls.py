"""Routes of the archive."""

from django.urls import path

from . import api, views

app_name = "archive"
urlpatterns = [
    path("uploads/", views.uploads, name="uploads"),
    path("uploads/<int:key>/", views.upload, name="upload"),
    path("uploads/<int:key>/report.csv", views.upload_csv, name="upload_csv"),
    path("cases/", views.cases, name="cases"),
    path("cases/<int:key>/release/", views.release_film, name="release"),
    path("api/uploads/", api.UploadsApi.as_view(), name="uploads_api"),
    path("api/uploads/<int:key>/", api.UploadApi.as_view(), name="upload_api"),
    path("api/uploads/<int:key>/files/", api.UploadFilesApi.as_view(), name="upload_files_api"),
]
