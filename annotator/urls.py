"""Routes of the reading studies."""

from django.urls import path

from annotator import views
from annotator.api.readings import ReadingApi, SignApi
from annotator.api.schemes import scheme

app_name = "annotator"
urlpatterns = [
    path("worklist/", views.worklist_page, name="worklist"),
    path("reading/<int:assignment_id>/", views.read, name="read"),
    path("reading/<int:assignment_id>/amend/", views.amend, name="amend"),
    path("reading/<int:assignment_id>/defer/", views.defer, name="defer"),
    path("protocols/", views.protocols, name="protocols"),
    path("protocols/<uuid:key>/", views.protocol, name="protocol"),
    path("cases/<int:case_id>/", views.case_page, name="case"),
    path("api/readings/<uuid:key>/", ReadingApi.as_view(), name="reading_api"),
    path("api/readings/<uuid:key>/sign/", SignApi.as_view(), name="sign_api"),
    path("api/schemes/<str:scheme_id>/<str:version>/", scheme, name="scheme"),
]
