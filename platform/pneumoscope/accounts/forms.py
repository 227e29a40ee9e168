"""Forms of people's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pneumoscope.common.permissions import Role

from .models import ReaderQualification, User


class ProfileForm(forms.ModelForm):
    """Name, initials and language; the mail address is the account's identity and stays."""

    class Meta:
        model = User
        fields = ["full_name", "initials", "language"]


class QualificationForm(forms.ModelForm):
    """A reader's certificate; without an end it doesn't expire."""

    class Meta:
        model = ReaderQualification
        fields = ["kind", "number", "valid_from", "expires_on"]
        widgets = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        start, end = fields.get("valid_from"), fields.get("expires_on")
        if start and end and end <= start:
            self.add_error("expires_on", _("A certificate ends after it begins: give a later day."))
        return fields


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("mail address"))
    role = forms.ChoiceField(label=_("role"), choices=Role.choices)


class RoleForm(forms.Form):
    """The role that a member changes to."""

    role = forms.ChoiceField(choices=Role.choices)


class AcceptForm(forms.Form):
    """What a new person gives: the printed name and a password."""

    full_name = forms.CharField(label=_("full name"), max_length=150)
    password = forms.CharField(
        label=_("password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    again = forms.CharField(
        label=_("password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("password") != fields.get("again"):
            self.add_error("again", _("The two passwords differ: type the same one twice."))
        return fields
