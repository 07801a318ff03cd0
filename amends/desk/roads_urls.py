from django.urls import path

from amends.desk import roads

app_name = "roads"
urlpatterns = [
    path("", roads.listed, name="list"),
    path("connect/", roads.connect, name="connect"),
    path("allow/", roads.allow, name="allow"),
    path("allowed/", roads.allowed, name="allowed"),
    path("<str:mailbox>/switch/", roads.switch, name="switch"),
]
