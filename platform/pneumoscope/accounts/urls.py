"""Routes of people's pages."""

from django.urls import path

from . import member_views, views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/qualifications/", views.qualification_add, name="qualification_add"),
    path("profile/qualifications/<int:pk>/remove/", views.qualification_remove, name="qualification_remove"),
    path("tokens/", views.token_list, name="tokens"),
    path("tokens/create/", views.token_create, name="token_create"),
    path("tokens/<slug:token_key>/revoke/", views.token_revoke, name="token_revoke"),
    path("members/", member_views.members, name="members"),
    path("members/<slug:code>/invite/", member_views.invite, name="invite"),
    path("memberships/<uuid:pk>/", member_views.membership_change, name="membership_change"),
    path("invitations/<int:pk>/revoke/", member_views.invitation_revoke, name="invitation_revoke"),
    path("join/<slug:key>/", member_views.join, name="join"),
]
