from django.urls import path

from amends.portal import views

app_name = "portal"
urlpatterns = [
    path("complain/", views.complain, name="complain"),
    path("complain/thanks/", views.thanks, name="thanks"),
    path("my/<str:token>/", views.case, name="case"),
    path("my/<str:token>/confirm/", views.confirm, name="confirm"),
    path("my/<str:token>/correct/", views.correct, name="correct"),
    path("my/<str:token>/choose/", views.choose, name="choose"),
    path("my/<str:token>/not-settled/", views.not_settled, name="not_settled"),
    path("my/<str:token>/settled/", views.settled, name="settled"),
    path("my/<str:token>/withdraw/", views.withdraw, name="withdraw"),
    path("my/<str:token>/files/<int:number>/<int:index>/", views.file, name="file"),
    path("my/<str:token>/write/", views.write, name="write"),
    path("my/<str:token>/promises/<int:number>/release/", views.release, name="release"),
]
