"""A center's members and the door that invitations open."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pneumoscope.common.permissions import Permission, Role

from . import selectors
from .forms import AcceptForm, InviteForm, RoleForm
from .models import Center, Invitation, Membership
from .services import invitations, memberships


def members(request: HttpRequest) -> HttpResponse:
    """All centers that the person manages, each with its members and open invitations."""
    return _members_page(request, InviteForm(), None)


@require_POST
def invite(request: HttpRequest, code: str) -> HttpResponse:
    center = get_object_or_404(Center.objects.visible_to(request.user), code=code)
    _need_management(request, center)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _members_page(request, form, center)
    try:
        invitations.invite(
            **form.cleaned_data,
            center=center,
            actor=request.user,
            now=timezone.now(),
            link_of=lambda key: request.build_absolute_uri(reverse("accounts:join", args=[key])),
        )
    except OSError as error:
        messages.error(request, _("The mail server took no mail (%(error)s): invite again later.") % {"error": error})
    else:
        messages.success(request, _("The invitation is on its way."))
    return redirect("accounts:members")


@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Invitation.objects.filter(center__in=Center.objects.visible_to(request.user))
    invitation = get_object_or_404(visible, pk=pk)
    _need_management(request, invitation.center)
    invitations.revoke(invitation=invitation, actor=request.user, now=timezone.now())
    return redirect("accounts:members")


@require_POST
def membership_change(request: HttpRequest, pk: Any) -> HttpResponse:
    """Another role, or with `end` in the form the end of this one."""
    visible = Membership.objects.filter(is_active=True, center__in=Center.objects.visible_to(request.user))
    membership = get_object_or_404(visible, pk=pk)
    _need_management(request, membership.center)
    form, now = RoleForm(request.POST), timezone.now()
    try:
        if "end" in request.POST:
            memberships.revoke(membership=membership, actor=request.user, now=now)
        elif form.is_valid():
            memberships.change_role(membership=membership, role=form.cleaned_data["role"], actor=request.user, now=now)
        else:
            messages.error(request, _("Unknown role: choose one of the list."))
    except memberships.LastAdministrator as error:
        messages.error(request, str(error))
    return redirect("accounts:members")


@never_cache
@login_not_required
def join(request: HttpRequest, key: str) -> HttpResponse:
    """The page behind the link in the mail; it opens nothing on GET."""
    try:
        invitation = invitations.find(key=key, now=timezone.now())
        form = AcceptForm(request.POST if request.method == "POST" and request.user.is_anonymous else None)
        if request.method == "POST" and (request.user.is_authenticated or form.is_valid()):
            answer = _take(request, key, form)
            if answer is not None:
                return answer
    except invitations.InvitationClosed as error:
        return render(request, "accounts/invitation_closed.html", {"reason": error.reason}, status=410)
    return render(request, "accounts/join.html", {"invitation": invitation, "form": form, "role": _role(invitation)})


def _take(request: HttpRequest, key: str, form: AcceptForm) -> HttpResponse | None:
    """Where to go after the role is taken; None when the form has to be shown again."""
    try:
        if request.user.is_authenticated:
            invitations.join(key=key, user=request.user, now=timezone.now())
            return redirect("home")
        invitations.accept(
            key=key,
            full_name=form.cleaned_data["full_name"],
            password=form.cleaned_data["password"],
            language="ja" if translation.get_language() == "ja" else "en",
            now=timezone.now(),
        )
        messages.success(request, _("Your account is open: sign in."))
        return redirect("account_login")
    except ValidationError as error:
        form.add_error("password", error)
    except (invitations.WrongAddress, invitations.AddressHasAccount) as error:
        messages.error(request, str(error))
    return None


def _role(invitation: Invitation) -> str:
    return str(Role(invitation.role).label)


def _need_management(request: HttpRequest, center: Center) -> None:
    if not request.user.may(Permission.MANAGE_MEMBERS, center):
        raise PermissionDenied


def _members_page(request: HttpRequest, form: InviteForm, bound_to: Center | None) -> HttpResponse:
    managed = selectors.managed_centers(request.user)
    if not managed:
        raise PermissionDenied
    now = timezone.now()
    rooms = [
        {
            "center": center,
            "members": selectors.members_of(center),
            "invitations": selectors.waiting_invitations(center, now),
            "form": form if center == bound_to else InviteForm(auto_id=f"id_{center.code}_%s"),
        }
        for center in managed
    ]
    return render(request, "accounts/members.html", {"rooms": rooms, "roles": Role.choices})
