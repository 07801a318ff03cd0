from django.urls import path

from amends.board import views

app_name = "board"
urlpatterns = [
    path("", views.house, name="house"),
    path("hold/", views.hold, name="hold"),
    path("claims/<str:claim>/", views.claim, name="claim"),
]
