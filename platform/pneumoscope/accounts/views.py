"""People's own pages: profile, certificates and API tokens."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from . import selectors
from .forms import ProfileForm, QualificationForm
from .services import profiles, tokens


def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        profiles.save(user=request.user, changed=form.changed_data, now=timezone.now())
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return _profile_page(request, form, QualificationForm(prefix="certificate"))


@require_POST
def qualification_add(request: HttpRequest) -> HttpResponse:
    form = QualificationForm(request.POST, prefix="certificate")
    if not form.is_valid():
        return _profile_page(request, ProfileForm(instance=request.user), form)
    profiles.add_qualification(user=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The certificate is recorded."))
    return redirect("accounts:profile")


@require_POST
def qualification_remove(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = get_object_or_404(request.user.qualifications, pk=pk)
    profiles.remove_qualification(certificate=certificate, actor=request.user, now=timezone.now())
    return redirect("accounts:profile")


def token_list(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/tokens.html", {"tokens": selectors.tokens_of(request.user, timezone.now())})


@never_cache
@require_POST
@reauthentication_required
def token_create(request: HttpRequest) -> HttpResponse:
    """The one answer that ever holds the token's text."""
    now, text = timezone.now(), ""
    try:
        _token, text = tokens.create(user=request.user, now=now)
    except tokens.TooManyTokens as error:
        messages.error(request, str(error))
    context = {"tokens": selectors.tokens_of(request.user, now), "new_token": text}
    return render(request, "accounts/tokens.html", context)


@require_POST
def token_revoke(request: HttpRequest, token_key: str) -> HttpResponse:
    now = timezone.now()
    token = get_object_or_404(selectors.tokens_of(request.user, now), token_key=token_key)
    tokens.revoke(token=token, actor=request.user, now=now)
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:tokens")


def _profile_page(request: HttpRequest, form: ProfileForm, certificate_form: QualificationForm) -> HttpResponse:
    context = {
        "form": form,
        "certificate_form": certificate_form,
        "qualifications": request.user.qualifications.all(),
        "memberships": request.user.memberships.filter(is_active=True).select_related("center"),
        "today": timezone.localdate(),
    }
    return render(request, "accounts/profile.html", context)
