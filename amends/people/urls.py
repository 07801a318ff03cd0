from django.urls import path

from amends.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="list"),
    path("new/", views.new, name="new"),
    path("<str:person>/", views.change, name="change"),
]
