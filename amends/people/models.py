"""Staff accounts, teams and what each may do. No scores, no rankings: nothing here counts what a person did."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from amends import ids
from amends.rules.values import Actor, Role, Side


class Team(models.Model):
    name = models.CharField(max_length=120, unique=True)

    def __str__(self):
        return self.name


class StaffManager(BaseUserManager):
    def create_user(self, email, name, role=Role.REP, team=None, password=None, id=None):
        person = self.model(email=self.normalize_email(email).lower(), name=name, role=role, team=team)
        if id:
            person.id = id
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email):
        return self.get(email=(email or "").strip().lower())


class Staff(AbstractBaseUser):
    """A person who works here. Signs in with an e-mail address and a password."""

    id = models.CharField(primary_key=True, max_length=26, default=ids.new)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(
        max_length=20, choices=[(role.value, role.value) for role in Role], default=Role.REP
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True)
    is_active = models.BooleanField(default=True)
    owns_new_cases = models.BooleanField(default=True)
    signature = models.CharField(max_length=500, blank=True, default="")
    theme = models.CharField(max_length=10, blank=True, default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = StaffManager()

    class Meta:
        indexes = [models.Index(fields=["team", "is_active"])]

    def __str__(self):
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def actor(self) -> Actor:
        return Actor(Side.STAFF, self.id, Role(self.role))

    @property
    def leads(self) -> bool:
        return self.actor.leads


class SignInTries(models.Model):
    """Wrong passwords for an address (as a keyed hash) since a moment."""

    who = models.CharField(primary_key=True, max_length=64)
    tries = models.IntegerField()
    since = models.BigIntegerField()

    class Meta:
        db_table = "sign_in_tries"
