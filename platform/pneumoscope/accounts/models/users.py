"""People."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from pneumoscope.common.permissions import Permission, Role

from .centers import Center


class UserManager(BaseUserManager["User"]):
    """Users are named by their mail address."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a mail address, a printed name (signatures) and a language."""

    email = models.EmailField(_("mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    initials = models.CharField(_("initials"), max_length=3, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("ja", "日本語")], default="en"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """The printed name, as templates of other packages ask for it."""
        return self.full_name

    def may(self, permission: Permission, center: Center | int | None = None) -> bool:
        """Whether one of the user's roles holds `permission`, in `center` or in any center."""
        centers = Center.objects.where_user_may(self, permission)
        if center is not None:
            centers = centers.filter(pk=center if isinstance(center, int) else center.pk)
        return self.is_active and centers.exists()

    def has_role(self, role: Role, center: Center | None = None) -> bool:
        """Whether the user holds an active membership in `role`."""
        memberships = self.memberships.filter(role=role, is_active=True)
        return (memberships.filter(center=center) if center else memberships).exists()


class ReaderQualification(models.Model):
    """A reader's certificate, e.g. NIOSH B Reader or AIR Pneumo, and when it ends."""

    class Kind(models.TextChoices):
        B_READER = "B", _("B Reader (NIOSH)")
        A_READER = "A", _("A Reader (NIOSH)")
        AIR_PNEUMO = "AIR", _("AIR Pneumo")
        OTHER = "other", _("Other")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="qualifications")
    kind = models.CharField(_("certificate"), max_length=10, choices=Kind)
    number = models.CharField(_("certificate number"), max_length=50, blank=True)
    valid_from = models.DateField(_("valid from"))
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True) | models.Q(expires_on__gt=models.F("valid_from")),
                name="qualification_ends_after_it_begins",
            )
        ]


class Invitation(models.Model):
    """An open door for one mail address into one role of one center; only a hash of its key is kept."""

    email = models.EmailField(_("mail address"))
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    key_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
