"""Forms of people's own pages."""

from django import forms

from .models import User


class ProfileForm(forms.ModelForm):
    """Name, initials and language; the mail address is the account's identity and stays."""

    class Meta:
        model = User
        fields = ["full_name", "initials", "language"]
